"""What one run is asked to do, and the stores it works on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.settings import Settings
from pipelines.steps.glossary import stored_glossary
from pipelines.steps.hearing import Rehearing, told_digest
from pipelines.steps.wording import stored_dictionary, stored_stop_words
from voc_mining.business_time import TOKYO
from voc_mining.contracts.glossary import NO_GLOSSARY, Glossary
from voc_mining.contracts.objectives import Aims
from voc_mining.contracts.wording import StopWords, UserDictionary
from voc_mining.ingest.objectives import OBJECTIVES_FILE, read_aims
from voc_mining.ingest.sources import FILE_NAME, Sources, read_sources
from voc_mining.insight.objectives import check_objective
from voc_mining.store.delta import DeltaStore, open_lake, open_vault


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run over an inbox.

    Parameters
    ----------
    inbox : Path
        Folder of deliveries.
    lake : str
        Root of the lake.
    out : Path
        Folder of the CSVs and the report.
    as_of : date
        Date of the figures: the end of that day in Asia/Tokyo.
    from_date : date or None
        Records before this date are left for a later run.
    full : bool
        Whether every stage but transcription and vectors is computed again.
    lang : {"ja", "en"}
        Language of the report.
    corrections : bool
        Whether words of the glossary are put right in what was said.
    rehear : bool
        Whether recordings are heard again that another transcriber heard, or one that was told other words.
    rehear_since : date or None
        Only those of contacts from this day on.
    """

    inbox: Path
    lake: str
    out: Path
    as_of: date
    from_date: date | None = None
    full: bool = False
    lang: str = "ja"
    corrections: bool = True
    rehear: bool = False
    rehear_since: date | None = None

    def stores(self, settings: Settings) -> tuple[DeltaStore, DeltaStore]:
        """Open the lake and its vault."""
        return open_lake(self.lake), open_vault(settings.vault_of(self.lake))

    def glossary(self, settings: Settings) -> Glossary:
        """Read the words that this run puts right; none where that is switched off."""
        return stored_glossary(open_lake(self.lake)) if self.corrections and settings.corrections else NO_GLOSSARY

    def hotwords(self, settings: Settings) -> tuple[str, ...]:
        """Read the words that the transcriber is told, the first of the glossary."""
        return stored_glossary(open_lake(self.lake)).first(settings.hotwords) if settings.hotwords else ()

    def again(self, settings: Settings) -> Rehearing | None:
        """Tell what this run hears again beside what nobody has heard; None where nothing is."""
        told = told_digest(self.hotwords(settings))
        return Rehearing(self.inbox, told, self.rehear_since) if self.rehear else None

    def dictionary(self) -> UserDictionary:
        """Read the words that the tokenizer keeps whole."""
        return stored_dictionary(open_lake(self.lake))

    def stop_words(self) -> StopWords:
        """Read how the list of stop words is changed."""
        return stored_stop_words(open_lake(self.lake))

    def sources(self, settings: Settings) -> Sources:
        """Read the inbox's ``sources.toml``, or the defaults where it has none."""
        return read_sources(self.inbox / FILE_NAME, phone_secret=settings.phone_secret)

    def aims(self) -> Aims:
        """Read the inbox's ``objectives.toml``, or the defaults where it has none.

        Raises
        ------
        UserError
            If a key or value is wrong, a condition cannot be read, or a column is unknown.
        """
        return aims_of(self.inbox)


def aims_of(inbox: Path) -> Aims:
    """Read ``objectives.toml`` and see whether its conditions can be evaluated; see :meth:`RunRequest.aims`."""
    aims = read_aims(inbox / OBJECTIVES_FILE)
    for objective in aims.objectives:
        check_objective(objective)
    return aims


def today() -> date:
    """Today's date in Asia/Tokyo."""
    return datetime.now(ZoneInfo(TOKYO)).date()
