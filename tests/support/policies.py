"""The policies that tests judge by."""

import policies
from models.policy.folder import editions
from models.policy.policy import Policy

ZHEJIANG: Policy = editions(policies.ROOT)["zhejiang-ai-2025"][-1]
