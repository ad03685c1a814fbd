"""What time leaves on a note: claims that fell due."""

import msgspec


class Due(msgspec.Struct, eq=False, gc=False):
    """What fell due and is unpaid; penalty interest on it is counted up to `since`. Units: minor units, ordinals."""

    due_on: int
    interest: int
    principal: int
    since: int
    billed: bool = False

    @property
    def amount(self) -> int:
        """All of it."""
        return self.interest + self.principal

    def copy(self) -> "Due":
        """The same claim, for a note that goes another way."""
        return msgspec.structs.replace(self)
