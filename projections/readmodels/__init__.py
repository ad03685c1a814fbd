"""Read models: tables, series and a feed that are derived from the log alone, followed live and rebuilt beside."""
