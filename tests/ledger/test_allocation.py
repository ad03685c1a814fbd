"""A payment is used bucket by bucket, and nothing of it is lost."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from ledger.allocation import allocate
from ledger.vocabulary import Bucket
from tests.ledger.oracles import fen, oracle

OWED: dict[Bucket, int] = {
    "fee": 20_00,
    "penalty_on_principal": 7_80,
    "penalty_on_interest": 28,
    "overdue_interest": 36_50,
    "current_interest": 12_00,
    "overdue_principal": 1_000_00,
    "current_principal": 5_000_00,
}
_SHORT: dict[str, Bucket] = {
    "fee": "fee",
    "pen_prin": "penalty_on_principal",
    "pen_int": "penalty_on_interest",
    "ovd_int": "overdue_interest",
    "cur_int": "current_interest",
    "ovd_prin": "overdue_principal",
    "cur_prin": "current_principal",
}
buckets: tuple[Bucket, ...] = get_args(Bucket)


def test_a_payment_settles_what_is_overdue_before_what_is_not() -> None:
    used = allocate(600_00, OWED)
    assert used.parts["overdue_principal"] == 523_42
    expected = oracle("O8A")
    assert used.unapplied == fen(expected["unapplied"]) == 0
    assert used.parts == {_SHORT[name]: fen(amount) for name, amount in expected.items() if name in _SHORT}


def test_a_line_may_put_principal_first() -> None:
    used = allocate(1_010_00, OWED, ("overdue_principal", "fee", "current_principal"))
    assert used.parts == {"overdue_principal": 1_000_00, "fee": 10_00, "current_principal": 0}


def test_more_than_is_owed_is_left_unapplied() -> None:
    assert allocate(7_000_00, OWED).unapplied == 7_000_00 - sum(OWED.values())


@given(
    amount=st.integers(1, 10**12),
    owed=st.dictionaries(st.sampled_from(buckets), st.integers(0, 10**11)),
    order=st.permutations(buckets),
)
def test_parts_and_rest_sum_to_the_payment_and_no_part_exceeds_what_is_owed(
    amount: int, owed: dict[Bucket, int], order: list[Bucket]
) -> None:
    used = allocate(amount, owed, order)
    assert sum(used.parts.values()) + used.unapplied == amount
    assert all(0 <= part <= owed.get(bucket, 0) for bucket, part in used.parts.items())
    filled = [bucket for bucket in order if used.parts[bucket] < owed.get(bucket, 0)]
    later = order[order.index(filled[0]) + 1 :] if filled else []
    assert all(used.parts[bucket] == 0 for bucket in later)
    assert not (filled and used.unapplied)
