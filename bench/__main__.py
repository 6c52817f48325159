"""``python -m bench [NAME]``: measures, and prints one line a figure. ``make bench ONLY=name`` for one file."""

import sys
from importlib import import_module
from pathlib import Path

FILES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if path.stem not in {"__main__", "built", "crowd", "figure", "industry", "sinks", "stack"}
)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in FILES]
    if unknown:
        print(f"no such figure: {', '.join(unknown)}; there are {', '.join(FILES)}", file=sys.stderr)
        return 2
    for name in names or FILES:
        for figure in import_module(f"bench.{name}").figures():
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
