// The compiled projects are shared.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
