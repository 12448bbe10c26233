"""What a sentence says of a finding: invented sentences as discharge summaries and clinic notes write them."""

from pathlib import Path

import pytest

from coding_svc.domain.engine.assertion import Assertion, assert_concept

NEGATED = [
    ("fever", "No fever."),
    ("diarrhea", "The patient denies any chest pain, shortness of breath, nausea, vomiting, or diarrhea."),
    ("bowel obstruction", "There is no evidence of bowel obstruction."),
    ("perforation", "CT showed bowel obstruction without perforation."),
    ("pneumothorax", "A pneumothorax was not seen."),
    ("myocardial infarction", "The patient was ruled out for myocardial infarction."),
    ("ectopic pregnancy", "Ectopic pregnancy has been ruled out."),
    ("MI", "The patient with chest pain was ruled out for MI."),
    ("jugular venous distention", "NECK: Supple without lymphadenopathy, thyromegaly, or jugular venous distention."),
    ("dvt", "Dopplers of the lower extremities were negative for DVT."),
    ("headache", "Headache: negative."),
    ("hematemesis", "hematemesis, melena, and hematochezia are all denied."),
    ("edema", "Neither ascites nor edema was present."),
    ("lupus", "no family history of lupus"),
    ("pneumonia", "The chest x-ray did not show pneumonia."),
    ("dysarthria", "He has not noted diplopia or dysarthria."),
    ("pedal edema", "Denies orthopnea, PND, palpitations, syncope, or pedal edema and has been taking his medications."),
]
AFFIRMED = [
    ("shortness of breath", "He denies chest pain but complains of shortness of breath."),
    ("gram negative sepsis", "Blood cultures grew gram negative sepsis."),
    ("effusion", "There is no change in the left pleural effusion."),
    ("pneumonia", "Not only did he have pneumonia, he was septic."),
    ("chest pain", "The patient with chest pain was ruled out for MI."),
    ("cough", "She has not had fever and has a cough."),
    ("hypotension", "hypotension not responding to fluids"),
    ("tender", "Abdomen: soft, tender in the right lower quadrant; no rebound or guarding."),
    ("abdominal pain", "He presented with a 3 month history of abdominal pain."),
    ("pain", "The pain was not relieved with nitroglycerin."),
    ("edema", "A pneumothorax was not seen, edema was present."),
    ("pneumonia", "This could not be distinguished from pneumonia."),
    ("MITRAL REGURGITATION", "NO MITRAL STENOSIS. MODERATE MITRAL REGURGITATION."),
]
OTHERS = [
    ("diabetes", "Mother had diabetes and hypertension.", Assertion.FAMILY),
    ("breast cancer", "Family history of breast cancer.", Assertion.FAMILY),
    ("stroke", "History of stroke in 2010.", Assertion.HISTORY),
    ("pneumonia", "Probable pneumonia.", Assertion.POSSIBLE),
    ("pulmonary embolism", "Pulmonary embolism cannot be ruled out.", Assertion.POSSIBLE),
    ("lupus", "Findings are suspicious for lupus.", Assertion.POSSIBLE),
    ("fever", "Return if fever develops.", Assertion.HYPOTHETICAL),
    ("pain", "Take ibuprofen as needed for pain.", Assertion.HYPOTHETICAL),
]


@pytest.mark.parametrize(
    ("concept", "sentence", "asserted"),
    [
        *((concept, sentence, Assertion.NEGATED) for concept, sentence in NEGATED),
        *((concept, sentence, Assertion.AFFIRMED) for concept, sentence in AFFIRMED),
        *OTHERS,
    ],
)
def test_a_concept_is_asserted(concept: str, sentence: str, asserted: Assertion) -> None:
    assert assert_concept(concept, sentence) is asserted


@pytest.mark.parametrize(("concept", "sentence"), [("", "No fever."), ("cough", "No fever."), ("fever", "")])
def test_a_concept_that_is_not_named_is_not_asserted(concept: str, sentence: str) -> None:
    assert assert_concept(concept, sentence) is None


SENTENCES = Path(__file__).parent / "sentences"
"""Sentences in the style of discharge summaries and reports of radiology, echocardiography and pathology."""


def sentences(name: str) -> list[list[str]]:
    """A set's lines: N or A (negated, affirmed), the concept, the sentence."""
    lines = (SENTENCES / f"{name}.tsv").read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def negation_f1(name: str) -> float:
    """F1 of "negated" over a set."""
    right = wrong = missed = 0
    for label, concept, sentence in sentences(name):
        found = assert_concept(concept, sentence) is Assertion.NEGATED
        right += found and label == "N"
        wrong += found and label == "A"
        missed += not found and label == "N"
    return 2 * right / (2 * right + wrong + missed)


@pytest.mark.parametrize(("name", "least"), [("open", 0.99), ("blind", 0.98)])
def test_negation_over_sets_of_sentences(name: str, least: float) -> None:
    assert negation_f1(name) >= least


@pytest.mark.parametrize(
    ("concept", "sentence", "asserted"),
    [
        ("facial exanthema", "His parents brought him to the health center for facial exanthema.", Assertion.AFFIRMED),
        ("lymphopenia", "He had leukocytes of 7,700 with relative lymphopenia.", Assertion.AFFIRMED),
        ("glaucoma", "Mother: glaucoma.", Assertion.FAMILY),
        ("Alport syndrome", "A maternal uncle suffers from Alport syndrome.", Assertion.FAMILY),
        ("colon cancer", "His father had died of colon cancer.", Assertion.FAMILY),
        ("neuropathy", "The biopsy showed signs of small fiber neuropathy.", Assertion.AFFIRMED),
        ("infection", "Watch for signs of infection.", Assertion.HYPOTHETICAL),
        ("influenza", "She is here for her influenza vaccine.", Assertion.HYPOTHETICAL),
        ("colon cancer", "Screening colonoscopy for colon cancer.", Assertion.HYPOTHETICAL),
    ],
)
def test_whose_it_is_and_whether_it_is_yet(concept: str, sentence: str, asserted: Assertion) -> None:
    assert assert_concept(concept, sentence) is asserted
