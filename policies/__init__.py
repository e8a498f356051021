"""TEXT: each policy as data, a folder per policy. Nothing here decides; `models.policy.policy` reads it."""

from pathlib import Path

#: The folder that holds one folder per policy.
ROOT = Path(__file__).parent
