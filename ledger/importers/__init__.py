"""The statement formats that can be read; each returns facts and complaints and saves nothing."""
