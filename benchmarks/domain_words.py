"""How many words of a glossary come out right: told to the transcriber, put right afterwards, both, neither.

    python -m benchmarks.domain_words FOLDER [--read CLIPS] [--texts FILE.tsv:COLUMN ...] [--told 30]

Two sets of sentences with a glossary each, in ``data/domain_words``, are spoken at 8 kHz in several voices: those of an
attendance service, on which the rules of corrections were set, and those of utilities and insurance, written before and
never used to set them. ``--read`` adds clips of read speech (a folder with ``transcripts.tsv``: file, text) in which no
term occurs: what changes there is damage. ``--texts`` counts corrections in texts that people wrote: each is one too
many. Sounds and transcripts are kept in FOLDER; a second run only counts.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np

from benchmarks.transcription_scores import Errors, difference, error_rate, plain
from pipelines import engines
from pipelines.settings import Settings
from voc_mining.contracts.glossary import Glossary, GlossaryTerm
from voc_mining.errors import EngineTrouble
from voc_mining.sample.sound_engine import write_sound
from voc_mining.sample.speech import RATE, Samples, Voice, telephone
from voc_mining.sample.speech_engine import OpenJTalkSpeech
from voc_mining.text.corrections import Corrector
from voc_mining.text.normalize import normalize
from voc_mining.transcribe.audio_engine import decode
from voc_mining.transcribe.transcriber import Hearing

DATA = Path(__file__).parent / "data" / "domain_words"
SETS = ("attendance", "utilities")
_IN_A_CALL = 8
_GAPS_S = (0.5, 0.8, 1.2)
_NOISE = 3e-4
_AGENT_EVERY = 3


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sound and the words in it."""

    name: str
    words: str
    sound: Samples


def read_glossary(*names: str) -> Glossary:
    """Read the glossaries of some sets as one."""
    terms: dict[str, GlossaryTerm] = {}
    for name in names:
        with (DATA / f"{name}_glossary.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                terms.setdefault(row["term"], GlossaryTerm(row["term"], row["reading"], category=row["category"]))
    return Glossary(tuple(terms.values()))


def speak(name: str, folder: Path) -> list[Spoken]:
    """Speak the sentences of a set, eight to a call, one voice a call, and carry them over a telephone line."""
    with (DATA / f"{name}_sentences.csv").open(encoding="utf-8", newline="") as file:
        sentences = [row["text"] for row in csv.DictReader(file)]
    draws = np.random.default_rng(3)
    draws.shuffle(sentences)
    engine = OpenJTalkSpeech()
    calls = []
    for number, start in enumerate(range(0, len(sentences), _IN_A_CALL)):
        voice = Voice(is_agent=number % _AGENT_EVERY == 0, variant=number)
        said = sentences[start : start + _IN_A_CALL]
        pieces = [np.zeros(RATE // 2, dtype=np.float32)]
        for sentence in said:
            pause = np.zeros(round(draws.choice(_GAPS_S) * RATE), dtype=np.float32)
            pieces += [telephone(engine.speak(sentence, voice)), pause]
        sound = np.concatenate(pieces)
        noise = draws.normal(0.0, _NOISE, len(sound)).astype(np.float32)
        path = folder / "sounds" / f"{name}-{number:02d}.wav"
        write_sound(path, (sound + noise)[np.newaxis], "ulaw")
        calls.append(Spoken(path.stem, "".join(said), decode(path).channels[0]))
    return calls


def read_clips(folder: Path) -> list[Spoken]:
    """Read clips of read speech."""
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [Spoken(row["file"], row["text"], decode(folder / row["file"]).channels[0]) for row in rows]


def heard(spoken: Sequence[Spoken], told: Sequence[str], kept: Path) -> dict[str, str]:
    """Transcribe sounds with the configured model, told some words; what is kept from an earlier run is taken."""
    if not kept.exists():
        transcriber = engines.transcriber(Settings(), tuple(told))
        texts = {}
        for each, hearing in zip(spoken, transcriber.hear(each.sound for each in spoken), strict=True):
            texts[each.name] = _text(hearing)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(texts, ensure_ascii=False, indent=0), encoding="utf-8")
    found: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _text(hearing: Hearing | EngineTrouble) -> str:
    if isinstance(hearing, EngineTrouble):
        raise hearing
    return "".join(word.text for segment in hearing.segments for word in segment.words)


def score(spoken: Sequence[Spoken], texts: Mapping[str, str], glossary: Glossary) -> tuple[str, list[Errors]]:
    """Row of the table: terms said, heard, invented; error rate; corrections right and wrong."""
    said = right = invented = 0
    errors = []
    for each in spoken:
        truth, found = (_terms(normalize(text), glossary) for text in (each.words, texts[each.name]))
        said += truth.total()
        right += (truth & found).total()
        invented += (found - truth).total()
        reference, hypothesis = plain(each.words), plain(texts[each.name])
        told = jiwer.process_characters(reference, hypothesis)
        errors.append(Errors(told.substitutions + told.deletions + told.insertions, len(reference)))
    recall = f"{right} / {said} ({right / said:.0%})" if said else "none said"
    return f"{recall} | {invented} | {error_rate(errors):.1%}", errors


def _terms(text: str, glossary: Glossary) -> Counter[str]:
    longest_first = sorted((term.term for term in glossary.terms), key=len, reverse=True)
    return Counter(re.findall("|".join(map(re.escape, longest_first)), text))


def correct(texts: Mapping[str, str], glossary: Glossary, spoken: Iterable[Spoken]) -> tuple[dict[str, str], str]:
    """Correct transcripts; tell how many corrections were right: the term was said in that call."""
    tokenizer = engines.tokenizer()
    corrector = Corrector(tokenizer, glossary)
    words = {each.name: normalize(each.words) for each in spoken}
    better, right, wrong = {}, 0, 0
    for name, text in texts.items():
        normal = normalize(text)
        better[name], made = corrector.correct(normal, tokenizer.tokenize(normal))
        right += sum(one.term in words[name] for one in made)
        wrong += sum(one.term not in words[name] for one in made)
    return better, f"{right} / {wrong}"


def compare(name: str, spoken: Sequence[Spoken], glossary: Glossary, folder: Path, told: int) -> None:
    """Print the four rows of a set, and what the told words and the corrections did to its error rate."""
    scores = {}
    for words in ((), glossary.first(told)):
        texts = heard(spoken, words, folder / f"{name}-{len(words)}.json")
        better, made = correct(texts, glossary, spoken)
        for how, each, counted in (("no", texts, "–"), ("yes", better, made)):
            row, scores[bool(words), how] = score(spoken, each, glossary)
            print(f"| {name} | {len(words) or 'no'} | {how} | {row} | {counted} |", flush=True)
    for what, own in (("told", (True, "no")), ("corrected", (False, "yes")), ("both", (True, "yes"))):
        gap = difference(scores[own], scores[False, "no"])
        print(f"  {what}: {gap.measured:+.1%} CER, 95 % {gap.low:+.1%} to {gap.high:+.1%}")


def false_alarms(source: str, glossary: Glossary) -> None:
    """Print the corrections in texts that were written, not heard."""
    path, _, column = source.rpartition(":")
    with Path(path).open(encoding="utf-8", newline="") as file:
        texts = dict.fromkeys(normalize(row[column]) for row in csv.DictReader(file, delimiter="\t"))
    tokenizer = engines.tokenizer()
    corrector = Corrector(tokenizer, glossary)
    made = [one for text in texts for one in corrector.correct(text, tokenizer.tokenize(text)).corrections]
    shown = ", ".join(f"{one.original}→{one.term}" for one in made)
    print(f"{Path(path).name}: {len(made)} corrections in {len(texts)} distinct texts {shown}")


def main() -> None:
    """Run the benchmark."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--read", type=Path)
    arguments.add_argument("--texts", nargs="*", default=[])
    arguments.add_argument("--told", type=int, default=30)
    asked = arguments.parse_args()
    print("| set | told | corrected | terms heard | invented | CER | corrections right / wrong |")
    print("|---|---|---|---|---|---|---|")
    for name in SETS:
        compare(name, speak(name, asked.folder), read_glossary(name), asked.folder, asked.told)
    if asked.read:
        compare("read", read_clips(asked.read), read_glossary(*SETS), asked.folder, asked.told)
    for source in asked.texts:
        false_alarms(source, read_glossary(*SETS))


if __name__ == "__main__":
    main()
