"""What a result hangs on."""
