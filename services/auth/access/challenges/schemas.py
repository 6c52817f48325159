"""The challenge as ALTCHA (version 2) writes it, whose names are those of that format, and the picture check."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.drawing import HEIGHT, WANTED, WIDTH
from shared.fields import Copied


class ChallengeParameters(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    algorithm: str
    cost: int = Field(description="PBKDF2 的迭代次数")
    key_length: int = Field(description="字节")
    key_prefix: str = Field(description="所求密钥开头的十六进制字符")
    key_signature: str
    nonce: str
    salt: str
    expires_at: int = Field(description="Unix 秒")


class ChallengeRead(BaseModel):
    """What the caller works on: the counter for which PBKDF2(nonce + counter, salt) begins with ``keyPrefix``."""

    parameters: ChallengeParameters
    signature: str


class PictureCreate(BaseModel):
    action: Action = Field(description="通过后可以办理的事项；不能用于其他事项")


class PictureRead(BaseModel):
    """A picture check. Which characters to click, and in which order, is drawn into the picture and stands nowhere as text."""

    id: str = Field(description="回答时原样交回")
    image: str = Field(description="图片的 data: URL（WebP）")
    width: int = Field(description="像素")
    height: int = Field(description="像素")
    characters: int = Field(description="须依次点击的字数")
    attempts: int = Field(description="每张图片可以回答的次数")
    expires_in: int = Field(description="有效的秒数")


class Point(BaseModel):
    """In pixels of the picture, from its upper left corner."""

    x: float = Field(ge=0, le=WIDTH)
    y: float = Field(ge=0, le=HEIGHT)


class PictureAnswer(BaseModel):
    id: Annotated[str, Copied(2000)]
    points: Annotated[list[Point], Field(min_length=WANTED, max_length=WANTED)] = Field(
        description="按图中所示顺序点击的位置"
    )


class ProofRead(BaseModel):
    proof: str = Field(description="办理该事项时放入 proof 字段，只能用一次")
    action: Action
    expires_in: int = Field(description="有效的秒数")
