"""The policies that tests judge by."""

import policies
from models.policy import Policy
from models.policy_folder import editions

ZHEJIANG: Policy = editions(policies.ROOT)["zhejiang-ai-2025"][-1]
