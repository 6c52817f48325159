"""Who is asked to carry a text message: the providers in the order and with the shares that the settings name. A message has its provider
by its own id, so that a share is kept without anybody counting; who has just failed is passed over as long as another is there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.settings import PlatformSettings
from shared.sms.aliyun import AliyunProvider
from shared.sms.messages import Provider
from shared.sms.plain import PlainProvider
from shared.sms.templates import Templates, read_templates
from shared.sms.tencent import TencentProvider


@dataclass(frozen=True)
class Route:
    """Providers in their order, with the shares of what is sent first; a share of 0 stands by for the others."""

    providers: Sequence[Provider]
    shares: Sequence[int]

    def named(self, name: str) -> Provider | None:
        return next((provider for provider in self.providers if provider.name == name), None)

    def candidates(self, kind: str) -> list[str]:
        """Whoever has words for that kind, in order."""
        return [provider.name for provider in self.providers if provider.takes(kind)]

    def choose(self, sms_id: UUID, kind: str, *, resting: Collection[str], passed: str | None) -> str | None:
        """Whom to ask: by share among those who neither rest nor have just passed the message on, else by order among those who have not
        passed it on, else whoever is left. None when nobody has words for the kind."""
        names = self.candidates(kind)
        willing = [name for name in names if name not in resting and name != passed]
        return self._by_share(sms_id, willing) or next(
            (name for name in names if name not in resting), next(iter(sorted(names, key=lambda n: n == passed)), None)
        )

    def _by_share(self, sms_id: UUID, names: Collection[str]) -> str | None:
        shares = [
            (provider.name, share)
            for provider, share in zip(self.providers, self.shares, strict=True)
            if provider.name in names
        ]
        left = sms_id.int % (sum(share for _, share in shares) or 1)
        for name, share in shares:
            if left < share:
                return name
            left -= share
        return shares[0][0] if shares else None


def sms_route(settings: PlatformSettings, service: str, templates: Templates | None = None) -> Route:
    """The providers that the settings name; without any of them the plain one, which in a demo is the catcher; none set is one to which
    every send is ``ChannelDown``. Raises ``TemplatesWrong``."""
    named = settings.sms_providers or (("http", 1),)
    known = read_templates(settings.sms_templates) if templates is None else templates
    providers = [_provider(settings, name, service, known) for name, _ in named]
    return Route(providers, [share for _, share in named])


def _provider(settings: PlatformSettings, name: str, service: str, templates: Templates) -> Provider:
    own = templates.of(service, name)
    if name == "aliyun":
        return AliyunProvider(
            settings.sms_aliyun_url, settings.sms_aliyun_key_id, settings.sms_aliyun_key, settings.sms_signature, own
        )
    if name == "tencent":
        return TencentProvider(
            settings.sms_tencent_url,
            settings.sms_tencent_key_id,
            settings.sms_tencent_key,
            settings.sms_tencent_app,
            settings.sms_tencent_region,
            settings.sms_signature,
            own,
        )
    caught = f"{settings.catcher_url}/sms" if settings.demo and settings.catcher_url else ""
    return PlainProvider(settings.sms_url or caught, settings.sms_token)
