"""Ways to reach people, one file each; `carrying` chooses among them. None of them knows the database."""
