"""What the fields of a person are called is said by the form's table alone: whoever shows such a field asks there."""

import ast
from collections.abc import Iterator
from pathlib import Path

from services.training.people.personnel.form import LABELS

ROOT = Path(__file__).resolve().parents[2]
FORM = "services/training/people/personnel/form.py"
# The word stands for something else there.
OTHERS = {
    "services/training/people/personnel/choices.py: 人员属性": "the name of a shipped enumeration",
    "services/training/results/rosters/service.py: 邮政编码": "of who receives the certificate, not of the person",
}


def _spelled() -> Iterator[str]:
    for path in sorted((ROOT / "services" / "training").rglob("*.py")):
        if str(path.relative_to(ROOT)) == FORM:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in LABELS.values():
                yield f"{path.relative_to(ROOT)}: {node.value}"


def test_no_other_module_spells_the_labels_of_a_persons_fields() -> None:
    assert set(_spelled()) == set(OTHERS)
