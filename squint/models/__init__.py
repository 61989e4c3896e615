"""Networks: backbones, heads, pooling, and a whole scorer composed of them."""
