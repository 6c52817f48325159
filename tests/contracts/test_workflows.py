"""Every workflow: whole, labelled, bound, and held against a snapshot that people have reviewed. A table tested against itself proves
nothing; after a wanted change, ``make write`` writes the new snapshot for the reviewer's eye.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest

from ops import catalogue
from ops.docs import workflows
from services.auth.desks.applications import workflow as applications
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.workflow import ApplicationStatus
from services.declaration.declarations import workflow as declarations
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DeclarationStatus
from services.training.enrolment.registrations import rules as registrations
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.workflow.asked import fields_of
from shared.workflow.buttons import allowed_actions
from shared.workflow.definition import AnyWorkflow, Labelled, Refusal
from shared.workflow.meaning import meaning
from tests.conftest import make_actor

S = TypeVar("S", bound=Labelled)
SNAPSHOTS = Path(__file__).parent / "snapshots"
ALL = {workflow.name: workflow for _, workflow in workflows()}
assert catalogue.APPS  # the apps bind the effects


def table(workflow: AnyWorkflow) -> str:
    """status × action × role → target or ``-``; the platform itself is the role ``system``."""
    lines = []
    for status in workflow.statuses:
        for action in workflow.actions():
            row = workflow.transition(action, status)
            for role in ("system", *sorted(Permission)):
                may = row is not None and (role in row.by if row.by else role == "system")
                if may and row is not None:
                    guard = f" if {row.guard.__name__}" if row.guard else ""
                    reason = " with reason" if row.needs_reason else ""
                    lines.append(f"{status.value} · {action.value} · {role} → {row.target.value}{guard}{reason}")
            if row is None:
                lines.append(f"{status.value} · {action.value} → - {workflow.status_refusal(action, status).reason}")
    return "\n".join(lines) + "\n"


def new_in(statuses: type[S]) -> S:
    """A status more, of which nobody has said what it may."""
    added = str.__new__(statuses, "unheard_of")
    added._name_, added._value_, added.label = "UNHEARD_OF", "unheard_of", "新状态"
    return added


@pytest.mark.parametrize("workflow", ALL.values(), ids=ALL)
class TestEveryWorkflow:
    @pytest.mark.req("PLAT-02")
    def test_what_people_may_do_says_where_it_is_done_what_it_asks_for_and_what_will_happen(
        self, workflow: AnyWorkflow
    ) -> None:
        for action in workflow.actions():
            if not workflow.permissions_for(action):
                continue
            assert workflow.consequences.get(action, "").endswith("。"), action
            assert workflow.addresses[action].endswith(f"/{{record_id}}/{action}")
            asked = fields_of(workflow.body_of(action))
            assert [each.name for each in asked if each.label == each.name] == [], "say it in its description"

    def test_the_table_is_the_reviewed_one(self, workflow: AnyWorkflow) -> None:
        assert (SNAPSHOTS / f"{workflow.name}.txt").read_text("utf-8") == table(workflow), "run: make write"

    def test_every_status_is_reached(self, workflow: AnyWorkflow) -> None:
        reached: set[Labelled] = set()
        grown = {workflow.initial}
        while grown - reached:
            reached |= grown
            grown = {t.target for t in workflow.transitions if t.sources & reached} | reached
        assert reached == set(workflow.statuses)

    def test_everything_has_a_chinese_label(self, workflow: AnyWorkflow) -> None:
        for word in (*workflow.statuses, *workflow.actions()):
            assert any("一" <= char <= "鿿" for char in word.label), word

    def test_one_action_in_one_status_has_one_way(self, workflow: AnyWorkflow) -> None:
        pairs = [(t.action, source) for t in workflow.transitions for source in t.sources]
        assert len(pairs) == len(set(pairs))

    def test_every_effect_is_bound(self, workflow: AnyWorkflow) -> None:
        assert workflow.unbound() == set()

    def test_a_status_that_nobody_has_thought_of_may_nothing(self, workflow: AnyWorkflow) -> None:
        """Each question about a status names those that answer yes."""
        asked = {name: each for name, each in vars(workflow.statuses).items() if isinstance(each, meaning)}
        assert {name for name, each in asked.items() if each.ask(new_in(workflow.statuses))} == set()
        assert {name for name in asked if not getattr(workflow.statuses, name)} == set()

    @pytest.mark.req("PLAT-02")
    def test_its_words_stay_when_it_is_made_once_more_from_itself(self, workflow: AnyWorkflow) -> None:
        before = dict(workflow.words)
        replace(workflow, effects={})
        assert workflow.words == before

    def test_every_refusal_has_words(self, workflow: AnyWorkflow) -> None:
        for status in workflow.statuses:
            for action in workflow.actions():
                if workflow.transition(action, status) is None:
                    assert len(workflow.status_refusal(action, status).reason) > 5

    @pytest.mark.req("PLAT-02")
    def test_what_makes_no_sense_now_is_not_offered(self, workflow: AnyWorkflow) -> None:
        """That a status is what it is, is no reason."""
        unguarded = replace(
            workflow, transitions=[replace(each, guard=None) for each in workflow.transitions], suggestions={}
        )
        everybody = make_actor(*Permission, level=Level.PROVINCE)
        for status in workflow.statuses:
            record = SimpleNamespace(id=new_id(), status=status)
            for button in allowed_actions(unguarded, record, everybody, datetime.now(UTC)):
                assert button.allowed or "当前状态为" not in (button.reason or ""), (status, button)


def test_no_snapshot_is_left_of_a_workflow_that_is_gone() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.txt")} == set(ALL), "run: make write"


@pytest.mark.parametrize(
    "refusal",
    [
        applications.edit_refusal(Application(status=new_in(ApplicationStatus))),
        declarations.edit_refusal(Declaration(status=new_in(DeclarationStatus))),
        declarations.delete_refusal(Declaration(status=new_in(DeclarationStatus))),
        registrations.delete_refusal(Registration(status=new_in(RegistrationStatus))),
        registrations.edit_refusal(
            Registration(status=new_in(RegistrationStatus)), datetime.now(UTC), selection_open=False
        ),
    ],
    ids=("application", "declaration", "declaration_deleted", "registration_deleted", "registration"),
)
def test_a_record_in_a_new_status_is_not_editable_by_accident(refusal: Refusal | None) -> None:
    assert refusal is not None
    assert refusal.code == "status_is_unheard_of"
    assert "新状态" in refusal.reason
