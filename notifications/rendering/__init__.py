"""How a letter looks: the templates filled, styled, and made into the bytes of a message."""
