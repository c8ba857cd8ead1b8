"""The words of the library's own faces: one safe() for every face."""

from tmcore.format import number, percent, safe, seconds, shortened, size, took, when

__all__ = ["number", "percent", "safe", "seconds", "shortened", "size", "took", "when"]
