module orderlab/conformance/kafka

go 1.26.0

require orderlab v0.0.0

replace orderlab => ../..
