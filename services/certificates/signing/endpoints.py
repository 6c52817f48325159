"""The certificates by which anybody can check the platform's signature without the platform. They ask for no sign-in and tell no secret."""

from fastapi import Response

from services.certificates.signing import service
from services.certificates.signing.schemas import SigningChain
from shared.app import api_router
from shared.services import Service
from shared.web.route import RuntimeOf

router = api_router(Service.CERTIFICATES, "signing-certificate", "电子签名")
# They change when an operator changes them, which is announced long before.
CACHED = {"Cache-Control": "public, max-age=3600"}


@router.get("", summary="签名证书及其上级证书")
async def read_signing_certificate(runtime: RuntimeOf, response: Response) -> SigningChain:
    response.headers.update(CACHED)
    return await service.read_chain(runtime)


@router.get("/chain.pem", summary="签名证书链文件（PEM）", response_class=Response)
async def download_signing_chain(runtime: RuntimeOf) -> Response:
    chain = await service.read_chain(runtime)
    text = "".join(each.pem for each in chain.certificates)
    name = "platform-signing-test.pem" if chain.is_test else "platform-signing.pem"
    headers = {**CACHED, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/x-pem-file", headers=headers)
