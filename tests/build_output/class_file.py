"""As much of Java's class file format as tells what a class was compiled to and which types it names.

The layout is that of chapter 4 of the Java Virtual Machine Specification.
"""

import struct
from dataclasses import dataclass
from typing import Self

# Bytes that follow a constant's tag; CONSTANT_Utf8 (1) is the only one whose size varies.
_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
_UTF8 = 1
_TAKES_TWO_ENTRIES = {5, 6}


@dataclass(frozen=True)
class ClassFile:
    """The major version (52 is Java 8), and the texts in the constant pool: names, descriptors, literals."""

    major: int
    texts: tuple[str, ...]

    @classmethod
    def read(cls, content: bytes) -> Self:
        magic, _minor, major, count = struct.unpack_from(">IHHH", content)
        if magic != 0xCAFEBABE:
            raise ValueError("not a class file")
        texts: list[str] = []
        at, entry = 10, 1
        while entry < count:
            tag = content[at]
            at += 1
            if tag == _UTF8:
                (length,) = struct.unpack_from(">H", content, at)
                # Java's own variant of UTF-8 differs in NUL and surrogates alone, which no type name holds.
                texts.append(content[at + 2 : at + 2 + length].decode("utf-8", "replace"))
                at += 2 + length
            else:
                at += _SIZES[tag]
            entry += 2 if tag in _TAKES_TWO_ENTRIES else 1
        return cls(major, tuple(texts))

    def names_types_of(self, package: str) -> bool:
        """Whether a type of `package` (such as `com/amazonaws`) is named, alone or in a descriptor."""
        return any(f"{package}/" in text for text in self.texts)
