"""What everybody may see: what Tasuki is, and where the payment processor sends people back to."""

from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit

pages = Pages()


@pages.get("/", public=True)
async def first(visit: Visit) -> Response:
    """Show what Tasuki is; whoever is signed in goes to their own first page."""
    return visit.go("/home") if visit.viewer else visit.show("public/landing.html")


@pages.get("/checkout/return", public=True)
async def checkout_return(visit: Visit) -> Response:
    """Say what happens after a payment."""
    return visit.show(
        "public/steps.html",
        mood="good",
        eyebrow=_("Payment"),
        title=_("Thank you"),
        lead=_(
            "We are waiting for the payment processor to confirm. A card takes seconds; a "
            "convenience store or a bank transfer takes until you have paid there."
        ),
        steps=[
            _("Once the money has arrived, it is held for this milestone."),
            _("Your assistant gets an e-mail: the work can begin."),
            _(
                "You get an e-mail when the work is delivered. Look at it, then accept it or ask "
                "for changes."
            ),
        ],
        aside=_(
            "You can close this page. Until you accept, the money doesn't go to your assistant."
        ),
        onward="/contracts",
    )


@pages.get("/checkout/cancelled", public=True)
async def checkout_cancelled(visit: Visit) -> Response:
    """Say what to do after a payment that was left."""
    return visit.show(
        "public/steps.html",
        mood="calm",
        eyebrow=_("Payment"),
        title=_("Nothing was paid"),
        lead=_("You left before the end, and no money has moved."),
        steps=[
            _("You can start the payment again at any time."),
            _("If your card was refused, try another card or another way to pay."),
        ],
        aside=_("Your assistant doesn't begin before the milestone is funded."),
        onward="/contracts",
    )


@pages.get("/onboarding/return", public=True)
async def onboarding_return(visit: Visit) -> Response:
    """Say what happens after an assistant has entered how to be paid."""
    return visit.show(
        "public/steps.html",
        mood="good",
        eyebrow=_("Getting paid"),
        title=_("Thank you"),
        lead=_(
            "The payment processor is checking what you entered. That takes between a few minutes "
            "and some days."
        ),
        steps=[
            _("You get an e-mail as soon as you can be paid."),
            _("If something is missing, the e-mail says what."),
            _("You can propose to do jobs in the meantime."),
        ],
        aside=_(
            "Your address and bank account stay with the payment processor. We never see them."
        ),
        onward="/payout-setup",
    )


@pages.get("/onboarding/refresh", public=True)
async def onboarding_refresh(visit: Visit) -> Response:
    """Say what to do when the processor's form has expired."""
    return visit.show(
        "public/steps.html",
        mood="calm",
        eyebrow=_("Getting paid"),
        title=_("This form has expired"),
        lead=_(
            "For your safety the form is open for a short time only. What was saved is still there."
        ),
        steps=[
            _("Open a new form from where you set up getting paid."),
            _("You go on where you stopped."),
        ],
        aside=_("You may open it as often as you need."),
        onward="/payout-setup",
    )
