"""What people read: one answer of the contract a module, from its JSON shape to lines on paper."""
