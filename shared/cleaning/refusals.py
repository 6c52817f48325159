"""Why a picture or a PDF is not taken. Apart from what reads them, so that a process can know these without loading that."""

from typing import Final

from shared.errors import InvalidInput

# A4 at 600 dpi is 35 million.
MAX_PIXELS: Final = 36_000_000
# Of a JPEG, which is made smaller while it is decoded: what telephones take.
MAX_JPEG_PIXELS: Final = 200_000_000


class ImageTooLarge(InvalidInput):
    code = "image_too_many_pixels"
    detail = f"图片超过 {MAX_PIXELS // 10_000} 万像素，请缩小或另存为 jpg 后重新上传"


class ImageDamaged(InvalidInput):
    code = "file_damaged"
    detail = "图片已损坏，无法打开，请重新拍摄或扫描后上传"


class PdfDamaged(InvalidInput):
    code = "file_damaged"
    detail = "PDF 已损坏，无法打开，请重新生成后上传"


class PdfEncrypted(InvalidInput):
    code = "pdf_encrypted"
    detail = "PDF 须输入密码才能打开，请取消密码后重新上传"


class PdfActive(InvalidInput):
    code = "pdf_active_content"
    detail = "PDF 含有脚本、附件、音视频或可执行动作，请用“打印为 PDF”重新生成后上传"
