"""The errors a user can cause or meet; the command line prints each as one line."""

from __future__ import annotations


class TandemError(Exception):
    """Something the user can act on: the message says where, what, and what to do."""


class ConfigError(TandemError):
    """`report.toml` cannot be used as it is written."""


class DataError(TandemError):
    """A data file, snapshot or store cannot be used."""


class SourceError(TandemError):
    """An upstream source did not give usable data.

    Parameters
    ----------
    cause : str
        One of the causes told apart in `generator.sources`: ``rate limited``, ``refused``, ``down``, ``network``,
        ``not found``, ``changed format``, ``wrong content``.
    message : str
        One sentence for the reader of the run's summary.
    """

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


class BuildError(TandemError):
    """The site could not be built; what was published before is untouched."""
