"""The challenge as ALTCHA (version 2) writes it: its names are those of that format."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


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
