"""The household's own money in the months of a plan, and the floor under it.

The reserve counts no undrawn credit, so a freeze takes nothing from it; what a freeze does is make the unbilled
balance of revocable cards due at once. The floor has to hold after that too, unless the cards owe more than there is.
Source: domain.md section 5, "Liquidity reserve"; section 6, "Stress scenarios".
"""

from fractions import Fraction

import msgspec

from projections.indicators.basis import Basis
from projections.liquidity import T2B_TO_REST, capped


class Purse(msgspec.Struct, frozen=True, kw_only=True):
    """What a household has today and what each month leaves before debts. Units: minor units, exact.

    Shape: `liquid` is T1 + T2A, `t2b` what of the rest would count without its cap; `floor` is None for no floor;
    it has to hold also with every revocable line frozen where it is to hold `if_frozen`.
    """

    liquid: Fraction
    t2b: Fraction
    net: Fraction
    floor: Fraction | None = None
    if_frozen: bool = True

    def reserve(self, liquid: Fraction) -> Fraction:
        """The reserve when so much is liquid; T2B is capped anew, since it counts only beside the rest."""
        return liquid + capped(self.t2b, beside=liquid)

    @property
    def liquid_floor(self) -> Fraction | None:
        """What must be liquid so that the reserve is not below its floor."""
        if self.floor is None:
            return None
        return max(self.floor - self.t2b, self.floor / (1 + T2B_TO_REST))


def purse(asked: Basis) -> Purse | None:
    """The purse of a household; None where income, essentials or the reserve are not known."""
    if asked.ahead is None or asked.income is None or asked.essentials is None:
        return None
    found = asked.reserve
    return Purse(
        liquid=Fraction(found.t1 + found.t2a),
        t2b=sum((each.t2b.fraction for each in found.accounts), Fraction(0)),
        net=(asked.income - asked.essentials).fraction,
    )
