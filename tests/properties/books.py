"""Random histories as a ledger learns them: about lines and about none, corrected and voided afterwards."""

from hypothesis import strategies as st

from tests.build import corrected, earns, inquired, received, scored, voided
from tests.properties.histories import histories, instants
from tests.spec import HOUSEHOLD, History, given


@st.composite
def books(draw: st.DrawFn) -> History:
    """A history with facts about no line, and with corrections and voidings of what came before."""
    facts = draw(histories(loans=True))
    about_none = [earns(9000, draw(instants)), received(700, draw(instants)), scored(700, draw(instants))]
    facts += [*about_none, inquired("bank", draw(instants))]
    for target in draw(st.lists(st.sampled_from(range(len(facts))), max_size=3, unique=True)):
        if facts[target]["type"] in ("DrawnDown", "RepaymentPosted") and "payment" not in facts[target]:
            again = {**facts[target], "effective_at": draw(instants)}
            facts.append(corrected(f"{HOUSEHOLD}:{target + 2}", again))
        elif facts[target]["type"] in ("LimitObserved", "LimitGranted", "LimitLowered", "PaymentDue"):
            facts.append(voided(f"{HOUSEHOLD}:{target + 2}"))
    return given(*facts)
