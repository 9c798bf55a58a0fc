// The tests set environment variables of their own process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
