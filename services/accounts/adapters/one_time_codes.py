"""One-time codes of an app (RFC 6238), and the picture by which an app learns their secret."""

import io
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

ISSUER = "Tasuki"
STEP_SECONDS = 30
# A phone's clock may be a step before or behind ours.
STEPS_OFF = 1


@dataclass(frozen=True)
class PyotpCodes:
    """Implements the port OneTimeCodes."""

    def new_secret(self) -> str:
        """Return a secret for an app: 160 random bits in base 32."""
        return pyotp.random_base32()

    def step_of(self, secret: str, code: str, at: datetime) -> int | None:
        """Return the step of time that the code is of, give or take one; None: of none."""
        app = pyotp.TOTP(secret, interval=STEP_SECONDS)
        now = int(at.timestamp()) // STEP_SECONDS
        for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
            if pyotp.utils.strings_equal(app.generate_otp(step), code):
                return step
        return None

    def uri(self, secret: str, email: str) -> str:
        """Return the otpauth URI that an app takes."""
        app = pyotp.TOTP(secret, interval=STEP_SECONDS, name=email, issuer=ISSUER)
        return app.provisioning_uri()

    def picture(self, uri: str) -> str:
        """Return the URI as a QR code: an SVG that stands by itself, as pictures of a page do."""
        written = io.BytesIO()
        segno.make(uri, error="m").save(written, kind="svg", scale=4, border=4, xmldecl=False)
        return written.getvalue().decode()
