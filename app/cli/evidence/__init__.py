"""An evidence pack on paper: a page that carries its own proof, and a sheet to be printed."""
