"""Templates of documents over the wire."""

from pydantic import BaseModel, Field


class TemplateRead(BaseModel):
    """A kind of document: ``current`` is the version that new documents are printed with; ``archived`` ones are files of PDF/A."""

    kind: str
    label: str = Field(description="文书名称")
    versions: list[str]
    current: str
    of_certificates: bool = Field(description="证书编号规则是否可以选用")
    archived: bool = Field(description="是否按 PDF/A 归档格式生成")
