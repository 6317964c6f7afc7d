"""What several tests need: invented inputs, warehouses, fake servers, a browser."""
