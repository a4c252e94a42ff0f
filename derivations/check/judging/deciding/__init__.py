"""What one relation is: a definition, a number, an identity, an equation, a law."""
