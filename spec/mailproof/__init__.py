"""The contracts of three e-mail-marketing APIs, as data, behind one small door."""

from mailproof.load import contract, providers

__all__ = ["contract", "providers"]
