"""Rows of the first form, as they lie in databases of today, are read after the migrations, and can be worked with."""

import uuid
from typing import Any

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from ops.up.servers import Servers
from services.declaration.declarations.contents import filled_of
from services.declaration.declarations.models import Declaration
from services.declaration.form.versions import changes_since
from shared.db.migrations import config_for
from shared.services import Service

BEFORE = "0009"
EMPLOYER, DECLARATION = uuid.uuid4(), uuid.uuid4()
ROWS = (
    (
        "INSERT INTO employers (id, name, name_folded, name_initials, name_pieces, credit_code, region_code, review_level, active)"
        " VALUES (%s, '旧单位', '旧单位', 'jdw', '{旧}', '91320100MA1ABCD2XR', '320102', 'county', true)",
        (EMPLOYER,),
    ),
    (
        "INSERT INTO declarations (id, employer_id, employer_name, credit_code, region_code, review_level, kind, status, declared_on,"
        " version, staff_count, exposed_count, surveillance_done, opened_by_reviewer_at)"
        " VALUES (%s, %s, '旧单位', '91320100MA1ABCD2XR', '320102', 'county', 'initial', 'pending', '2026-01-05', 3, 100, 60, true, now())",
        (DECLARATION, EMPLOYER),
    ),
    (
        "INSERT INTO declared_classes (declaration_id, class_code, position, exposed_count) VALUES (%s, 'dust', 0, 40)",
        (DECLARATION,),
    ),
    (
        "INSERT INTO declared_factors (declaration_id, class_code, factor_code, exposed_count)"
        " VALUES (%s, 'dust', 'A052', 5), (%s, 'dust', 'A001', 40)",
        (DECLARATION, DECLARATION),
    ),
)


@pytest.fixture
def upgraded(platform: Servers) -> Any:
    name = "old_declarations"
    platform.create_database(name)
    url = platform.database_url(name)
    config = config_for(Service.DECLARATION, url)
    command.upgrade(config, BEFORE)
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        for statement, values in ROWS:
            connection.execute(statement, values)
    command.upgrade(config, "head")
    return create_engine(url, poolclass=NullPool)


@pytest.mark.req("DECL-01", "DECL-06")
def test_what_was_declared_with_the_first_form_is_read_and_knows_its_form(upgraded: Any) -> None:
    with Session(upgraded) as session:
        (record,) = session.scalars(select(Declaration)).all()
        form = filled_of(record)
        assert (record.form_version, record.catalogue, record.version) == (1, "2015", 3)
        assert (form.staff_count, form.exposed_count, form.surveillance_done) == (100, 60, True)
        (dust,) = form.hazards
        assert [(each.factor_code, each.own_name, each.exposed_count) for each in dust.factors] == [
            ("A001", "", 40),
            ("A052", "", 5),
        ]
        assert (form.products, form.sites, form.tests, record.flags, record.returned_fields) == ((), (), (), [], [])
        assert (record.reviewer_id, record.city_stands_in, record.employer_declared_on) == (None, False, None)
        assert changes_since(record.form_version)
