"""What a contract comes to, before it is agreed."""

from datetime import timedelta

from services.payments.domain.preview import Plan, Preview, preview
from services.payments.domain.release import sum_of
from services.payments.ports import Work
from shared.calendar import day_in_japan
from shared.messages.netpay import MilestoneNetPay, NetPayView, PayoutNetPay, PreviewNetPay
from shared.money import yen
from shared.people import Person


def preview_net_pay(asked: PreviewNetPay, by: Person, work: Work) -> NetPayView:
    """Return what a contract that is agreed today comes to; the caller's own bank, if known.

    Raises Rejected (`price_too_large`).
    """
    today = day_in_japan(work.clock.now())
    payee = work.payees.find(by.person_id)
    rules = work.rules.payouts(today)
    fee = rules.transfer_fee(payee.bank_code if payee else None)
    rates = work.rules.rates(today, asked.category)
    review = timedelta(days=asked.review_days)
    plans = [
        Plan(each.price.as_money(), each.due_on, each.due_on + review) for each in asked.milestones
    ]
    return _view(preview(plans, asked.mode, rates, rules, fee), asked.hours)


def _view(found: Preview, hours: int | None) -> NetPayView:
    divisions = [each.division for each in found.milestones]
    fees = sum_of(each.transfer_fee for each in found.payouts)
    net = sum_of(each.gross for each in found.payouts) - fees
    return NetPayView(
        milestones=tuple(
            MilestoneNetPay(
                price=each.cost.price,
                tax=each.cost.tax,
                withholding=each.cost.withholding,
                funded=each.cost.funded,
                platform_fee=each.division.platform_fee,
                platform_fee_tax=each.division.platform_fee_tax,
                net=each.division.net,
                due_on=each.plan.due_on,
                payday=each.payday,
            )
            for each in found.milestones
        ),
        payouts=tuple(
            PayoutNetPay(
                payday=each.payday,
                gross=each.gross,
                transfer_fee=each.transfer_fee,
                amount=each.gross - each.transfer_fee,
            )
            for each in found.payouts
        ),
        platform_fee=sum_of(each.platform_fee + each.platform_fee_tax for each in divisions),
        withholding=sum_of(each.cost.withholding for each in found.milestones),
        transfer_fees=fees,
        net=net,
        per_hour=yen(net.amount // hours) if hours else None,
    )
