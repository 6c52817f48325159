"""Why a unit cannot sign up as it wants to, and what it can do instead (FAQ-D1, FAQ-D9, FAQ-D10)."""

from collections.abc import Sequence

from services.auth.desks.enterprises.schemas import Way
from shared.errors import AppError, Conflict, FieldError, InvalidInput

OLD_ACCOUNTS = "原安监系统的账号不能登录本平台，请在本平台注册；注册时填写原账号并匹配成功的，可导入原有的基本信息"
MISMATCH = FieldError("legacy_account", "legacy_mismatch", "原账号匹配不上，请核对或清空该输入框后继续")
LOGIN_NAME_TAKEN = FieldError("login_name", "login_name_taken", "该登录账号已被使用，请换一个")
NO_SUCH_REGION = FieldError("region_code", "region_not_valid", "请选择到区县一级的现行地区")
_JOINING = (
    "该代码的单位已有培训系统账号，无需另行注册：请用该账号登录后，在“个人设置”中开通申报账号；"
    "忘记账号或密码的，请找回账号；手机号码已不用的，请申诉"
)
NOBODYS_REGION = FieldError(
    "region_code",
    "no_desk",
    "该地区没有可以审核申报的卫生健康部门，注册后将无人受理；请核对所属地区，本平台不受理的地区请向所在省的主管部门咨询",
)
WAYS = (
    Way(action="recover", label="找回账号", description="本单位已经注册过：用注册手机号的短信验证码找回账号、重置密码"),
    Way(
        action="appeal",
        label="账号申诉",
        description="本单位已经注册过，但注册手机号已不用：换新手机号，由区县卫生健康委审核",
    ),
    Way(
        action="claim",
        label="认领该代码",
        description="代码被分支机构或其他单位误用：提交营业执照认领，由区县卫生健康委审核",
    ),
)


JOIN = Way(
    action="sign_in",
    label="用已有账号开通申报账号",
    description="本单位已有培训系统账号（如医院、体检机构）：用该账号登录，在“个人设置”中为本单位开通申报账号，无需另行注册",
)
# For a unit that has accounts of the training system only: those who have them prove it, or get them back.
JOINING = (JOIN, *WAYS[:2])


ACCEPT = Way(
    action="numbers",
    label="申请信用代码核准",
    description="执照上确为此代码、校验位与标准不符：上传营业执照扫描件，由区县卫生健康委核准后再注册",
)


class CreditCodeInUse(Conflict):
    """Carries the ways on as ``ways``; ``errors`` names the field, and whatever else is wrong."""

    code = "credit_code_in_use"
    detail = (
        "该代码已注册。如为本单位注册的，请找回账号；注册手机号已不用的，请申诉；被其他单位误用的，请认领；"
        "如本单位是没有独立代码的分支机构，请在“是否分支机构”中选择“是”"
    )

    def __init__(self, others: Sequence[FieldError] = (), *, ways: Sequence[Way] = WAYS) -> None:
        taken = FieldError("credit_code", self.code, "该代码已注册")
        words = _JOINING if JOIN in ways else None
        super().__init__(words, errors=[taken, *others], extra={"ways": [way.model_dump() for way in ways]})
        self.ways = ways

    def also(self, others: Sequence[FieldError]) -> "CreditCodeInUse":
        """The same, with what else is wrong."""
        return CreditCodeInUse(others, ways=self.ways)


class HeadOfficeMissing(Conflict):
    """ORG-09."""

    code = "head_office_missing"
    detail = "上级机构须先在本平台注册成功，分支机构才能用其信用代码注册；有独立信用代码的，请填写本单位的代码"

    def also(self, others: Sequence[FieldError]) -> "HeadOfficeMissing":
        """The same, with what else is wrong."""
        return HeadOfficeMissing(others)

    def __init__(self, others: Sequence[FieldError] = ()) -> None:
        missing = FieldError("credit_code", self.code, "没有用该代码注册的上级机构，请核对代码，或请上级机构先注册")
        super().__init__(errors=[missing, *others])


class LegacyMismatch(InvalidInput):
    """AUTH-23; what was proved for it stays used, so that old accounts are not guessed one by one."""

    code = "legacy_mismatch"
    keeps = True

    def __init__(self, errors: Sequence[FieldError] = (MISMATCH,), besides: AppError | None = None) -> None:
        also = besides.errors if besides else ()
        super().__init__(errors=[*also, *errors], extra=besides.extra if besides else None)


class SignUpCodeRefused(InvalidInput):
    """The SMS code is wrong, and what else is; the counted try stays."""

    code = "code_wrong"
    keeps = True
