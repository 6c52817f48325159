"""One change at a time to what workflow modules state and ask: their tables, their words and what statuses mean (``stated``), and the
functions that say why not (``asked``). mutmut changes functions only, and knows nothing of a table.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

KEYWORDS = frozenset({"by", "guard", "needs_reason", "then", "emits", "body", "deletion"})
Changed = Callable[[ast.AST], None]
# (the node's place in a walk of the tree, what is changed there in words, how)
Found = tuple[ast.AST, str, Changed]
_OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Mutant:
    """``where`` is the function, class or constant; ``at`` the place of the changed node in a walk of the tree."""

    where: str
    what: str
    at: int
    change: Changed

    def made_of(self, source: str) -> ast.Module:
        tree = ast.parse(source)
        self.change(list(ast.walk(tree))[self.at])
        return ast.fix_missing_locations(tree)


def put(field: str, value: object, index: int | None = None) -> Changed:
    """Another value for a field of the node, or for one place in it."""

    def change(node: ast.AST) -> None:
        if index is None:
            setattr(node, field, value)
        else:
            getattr(node, field)[index] = value

    return change


def drop(index: int, *fields: str) -> Changed:
    """One place less in each of these fields."""

    def change(node: ast.AST) -> None:
        for field in fields:
            del getattr(node, field)[index]

    return change


def said(node: ast.AST) -> str:
    """Short enough for a line."""
    words = " ".join(ast.unparse(node).split())
    return words if len(words) <= 70 else f"{words[:67]}..."


def mutants(source: str, guards: frozenset[str] = frozenset()) -> list[Mutant]:
    """``guards`` are functions that another module's table names."""
    made = Module(ast.parse(source), guards)
    place = {node: at for at, node in enumerate(ast.walk(made.tree))}
    found = [Mutant(where, what, place[node], change) for where, (node, what, change) in made.changes()]
    return list({(each.where, each.at, each.what): each for each in found}.values())


def guards_named(source: str, prefix: str = "") -> frozenset[str]:
    """What the tables name with ``guard=``; with ``prefix`` as functions of that module."""
    named = (k.value for k in ast.walk(ast.parse(source)) if isinstance(k, ast.keyword) and k.arg == "guard")
    full = [ast.unparse(each) for each in named]
    return frozenset(
        each.removeprefix(prefix) for each in full if each.startswith(prefix) and each.count(".") == bool(prefix)
    )


class Module:
    def __init__(self, tree: ast.Module, guards: frozenset[str]) -> None:
        self.tree = tree
        self.guards = guards | guards_named(ast.unparse(tree))

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """{enum, or what a table calls it: names of its members}."""
        found = {
            node.name: [each for each, _ in _members(node)] for node in self.tree.body if isinstance(node, ast.ClassDef)
        }
        for node in self.tree.body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Tuple)
                and isinstance(node.value, ast.Tuple)
            ):
                for name, value in zip(node.targets[0].elts, node.value.elts, strict=True):
                    found[ast.unparse(name)] = found.get(ast.unparse(value), [])
        return found

    def changes(self) -> Iterator[tuple[str, Found]]:
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef):
                yield from ((node.name, each) for each in (*_words(node), *_meanings(node)))
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                name = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
                yield from ((name, each) for each in self.stated(node.value) if not name.startswith("("))
        for name in sorted(self._asking()):
            yield from ((name, each) for each in asked(self.functions[name]))

    def _asking(self) -> set[str]:
        """Guards, everything else that says why not, and what they call here."""
        wanted = {
            name
            for name, node in self.functions.items()
            if name in self.guards or (node.returns and "Refusal" in ast.unparse(node.returns))
        }
        while True:
            called = {
                each.id for name in wanted for each in ast.walk(self.functions[name]) if isinstance(each, ast.Name)
            }
            if not (more := called & set(self.functions) - wanted):
                return wanted
            wanted |= more

    def stated(self, node: ast.AST) -> Iterator[Found]:
        """What a module says outside its functions and classes."""
        match node:
            case ast.Dict():
                for at, key in enumerate(node.keys):
                    yield node, f"without the entry {said(key or node.values[at])}", drop(at, "keys", "values")
            case ast.Set(elts=[only]):
                yield node, f"without {said(only)}", put("elts", [ast.Starred(ast.Tuple([], ast.Load()), ast.Load())])
            case ast.Set() | ast.Tuple() | ast.List():
                for at, each in enumerate(node.elts):
                    yield node, f"without {said(each)}", drop(at, "elts")
                if isinstance(node, ast.Tuple):  # rows: one without a column is none
                    yield from (each for row in node.elts for part in _of_row(row) for each in self.stated(part))
                    return
            case ast.Call(func=ast.Name("Transition" | "Workflow" | "Refusal")):
                yield from self._called(node)
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                yield node, f"{number + 1} for {number}", put("value", number + 1)
        for child in _inside(node):
            yield from self.stated(child)

    def _called(self, node: ast.Call) -> Iterator[Found]:
        name = ast.unparse(node.func)
        if name == "Refusal":
            yield from _code(node)
            return
        title = " ".join(said(each) for each in node.args[:2])
        for at, word in enumerate(node.keywords):
            if word.arg in KEYWORDS:
                yield node, f"{title} without {said(word)}", drop(at, "keywords")
            elif word.arg == "initial" and (other := self._other(word.value)):
                yield word, f"begins as {said(other)}", put("value", other)
        if name == "Transition" and len(node.args) == 3:
            _, sources, target = node.args
            if other := self._other(target):
                yield node, f"{title} to {said(other)}", put("args", other, 2)
            if isinstance(sources, ast.Set) and (more := self._beside(sources)):
                yield sources, f"{title} from {said(more)} too", put("elts", [*sources.elts, more])

    def _other(self, status: ast.expr) -> ast.expr | None:
        """The enum's next member."""
        match status:
            case ast.Attribute(value=ast.Name(enum), attr=name) if name in (names := self.members.get(enum, [])):
                return _member(enum, names[(names.index(name) + 1) % len(names)]) if len(names) > 1 else None
        return None

    def _beside(self, sources: ast.Set) -> ast.expr | None:
        """The first status that is not among them."""
        match sources.elts[0]:
            case ast.Attribute(value=ast.Name(enum)):
                known = {each.attr for each in sources.elts if isinstance(each, ast.Attribute)}
                return next((_member(enum, name) for name in self.members.get(enum, []) if name not in known), None)
        return None


def _of_row(row: ast.expr) -> list[ast.expr]:
    return row.elts if isinstance(row, ast.Tuple) else [row]


def _member(enum: str, name: str) -> ast.expr:
    return ast.Attribute(ast.Name(enum, ast.Load()), name, ast.Load())


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of an expression, without types and without the keys of a table."""
    for child in ast.iter_child_nodes(node):
        is_type = isinstance(node, ast.Subscript) and child is node.slice
        is_key = isinstance(node, ast.Dict) and child in node.keys
        is_target = isinstance(node, ast.comprehension) and child is node.target
        if not (is_type or is_key or is_target or (isinstance(node, ast.DictComp) and child is node.key)):
            yield child


def _members(node: ast.ClassDef) -> Iterator[tuple[str, ast.Tuple]]:
    for each in node.body:
        match each:
            case ast.Assign(
                targets=[ast.Name(name)], value=ast.Tuple(elts=[ast.Constant(), ast.Constant(), *_]) as value
            ):
                yield name, value


def _words(node: ast.ClassDef) -> Iterator[Found]:
    """A label, or a colour, that is the neighbour's."""
    members = list(_members(node))
    for (name, value), (beside, other) in zip(members, [*members[1:], *members[:1]], strict=True):
        for at, kind in ((1, "label"), (2, "colour")):
            theirs = other.elts[at : at + 1]
            if value.elts[at:] and theirs and ast.unparse(theirs[0]) != ast.unparse(value.elts[at]):
                yield value, f"{name} with the {kind} of {beside}", put("elts", theirs[0], at)


def _meanings(node: ast.ClassDef) -> Iterator[Found]:
    """What a status means: one less of which it holds, or the contrary."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and "meaning" in map(ast.unparse, each.decorator_list):
            for part in ast.walk(each):
                if isinstance(part, ast.Set):
                    for at, status in enumerate(part.elts):
                        yield part, f"{each.name} without {said(status)}", drop(at, "elts")
                elif isinstance(part, ast.Compare):
                    yield from ((at, f"{each.name}: {what}", change) for at, what, change in _compared(part))


def asked(function: ast.FunctionDef) -> Iterator[Found]:
    """A function that says why not: each of its conditions, boundaries, answers and codes."""
    tests = {node.test for node in ast.walk(function) if isinstance(node, ast.If | ast.IfExp)}
    for statement in function.body:
        for node in ast.walk(statement):
            yield from _asked(node, tests)


def _asked(node: ast.AST, tests: set[ast.expr]) -> Iterator[Found]:
    match node:
        case ast.If() | ast.IfExp():
            yield node, f"not ({said(node.test)})", put("test", ast.UnaryOp(ast.Not(), node.test))
        case ast.Compare():
            yield from _compared(node, only_boundaries=node in tests)
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield node, f"and ↔ or: {said(node)}", put("op", other)
            for at, part in enumerate(node.values):
                # One alone is none to Python: what is left stands there twice.
                left = [each for place, each in enumerate(node.values) if place != at]
                yield node, f"{said(node)} without {said(part)}", put("values", [*left, *left])
        case ast.UnaryOp(op=ast.Not()) if node not in tests:
            yield node, f"not {said(node)}", put("operand", ast.UnaryOp(ast.Not(), node.operand))
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield node, f"None for {said(value)}", put("value", ast.Constant(None))
        case ast.Call(func=ast.Name("Refusal")):
            yield from _code(node)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield node, f"+ ↔ -: {said(node)}", put("op", ast.Sub() if isinstance(node.op, ast.Add) else ast.Add())
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            yield node, f"{number + 1} for {number}", put("value", number + 1)


def _compared(node: ast.Compare, *, only_boundaries: bool = False) -> Iterator[Found]:
    for at, operator in enumerate(node.ops):
        other = _OTHER[type(operator)]
        if not only_boundaries or isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            yield node, f"{other.__name__} in {said(node)}", put("ops", other(), at)


def _code(node: ast.Call) -> Iterator[Found]:
    if node.args:
        yield node, f"another code in {said(node)}", put("args", ast.Constant("another_code"), 0)
