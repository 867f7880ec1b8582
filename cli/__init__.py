"""What a person types: `clerestory check|build|site|doctor|…`. Nothing here is deployed."""
