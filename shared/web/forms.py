"""The definition of a form for whoever draws it, one shape for every record that people fill in: its sections and fields, what each holds,
when it is asked for (PLAT-13). No page knows more of a form than what stands here.
"""

from pydantic import BaseModel

from shared.web.drafts import FormCheckRead


class RecordFormChoice(BaseModel):
    """Chosen ``with_text``, it goes as ``value：text`` (TRN-20). One that is ``under`` another is chosen together with it (X2)."""

    value: str
    label: str
    with_text: bool = False
    under: str | None = None


class RecordFormCondition(BaseModel):
    """Holds when ``field`` has one of ``values``; ``words`` say it."""

    field: str
    values: list[str]
    words: str


class RecordFormField(BaseModel):
    """``kind`` is how it is filled in: text, lines, email, mobile, landline, postcode, resident_id, date, past_date (from 1900 to today),
    number, decimal, one, several, region (a code of 行政区划), switch (on or off, never blank), groups (lists of what the form's ``dictionary`` offers). What can be chosen is in ``choices`` or in the ``dictionary`` of that name; with ``own_words`` that only offers.
    ``max_bytes`` are of GBK. ``kept`` may be left out of a new record, which has it from elsewhere, and is not emptied; ``apart`` is
    changed by a route of its own. ``masked`` is shown in full in the record alone. What has ``shown_when`` is hidden elsewhere, and counts
    as blank there."""

    name: str
    label: str
    required: bool
    required_when: RecordFormCondition | None = None
    kept: bool = False
    help: str = ""
    kind: str
    choices: list[RecordFormChoice] = []
    dictionary: str | None = None
    own_words: bool = False
    max_length: int | None = None
    max_bytes: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    masked: bool = False
    apart: bool = False
    shown_when: RecordFormCondition | None = None


class RecordFormSection(BaseModel):
    title: str
    fields: list[RecordFormField]


class RecordFormTable(BaseModel):
    """A field that holds rows, at most ``maximum``, each with these columns."""

    name: str
    label: str
    maximum: int
    fields: list[RecordFormField]


class RecordFormRead(BaseModel):
    """Everything that is needed to show the form of a record."""

    sections: list[RecordFormSection]
    tables: list[RecordFormTable] = []


class RecordFormCheckRead(FormCheckRead):
    """``required_now`` are the fields that this form must have as it stands, in its order."""

    required_now: list[str]


class DictionaryEntry(BaseModel):
    """``pinyin`` are upper-case initials; ``parent`` is the code of the entry above and ``group`` its label. A heading that cannot be
    chosen is not ``selectable``; those of the titles can (TRN-18)."""

    code: str
    label: str
    pinyin: str
    parent: str | None
    group: str | None
    selectable: bool
