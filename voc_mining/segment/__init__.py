"""Stage 7: origin (reactive, proactive, other, unknown), links between contacts, silence."""
