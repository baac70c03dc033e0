"""Readability formulas: how many years of school a text in English takes, from what can be counted in it.

Characters are letters and digits; there is at least one word and one sentence.
"""

from __future__ import annotations


def automated_readability_index(characters: int, words: int, sentences: int) -> float:
    """Smith & Senter 1967 (AMRL-TR-66-220): 4.71 characters a word + 0.5 words a sentence − 21.43, a US grade."""
    return 4.71 * characters / words + 0.5 * words / sentences - 21.43


def coleman_liau(characters: int, words: int, sentences: int) -> float:
    """Coleman & Liau 1975 (doi 10.1037/h0076540): 5.88 characters a word − 29.6 sentences a word − 15.8, a US grade."""
    return (5.88 * characters - 29.6 * sentences) / words - 15.8


def flesch_reading_ease(syllables: int, words: int, sentences: int) -> float:
    """Flesch 1948 (doi 10.1037/h0057532): 206.835 − 1.015 words a sentence − 84.6 syllables a word; 100 is easy."""
    return 206.835 - 1.015 * words / sentences - 84.6 * syllables / words


def flesch_kincaid(syllables: int, words: int, sentences: int) -> float:
    """Kincaid et al. 1975 (Navy report 8-75): 0.39 words a sentence + 11.8 syllables a word − 15.59, a US grade."""
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59
