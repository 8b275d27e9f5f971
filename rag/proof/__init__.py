"""What every answer is held to: citations of exact places, and sentences verified against them."""
