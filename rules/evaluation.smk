rule evaluate:
    input:
        [prediction_paths(network) for network in NETWORKS],
