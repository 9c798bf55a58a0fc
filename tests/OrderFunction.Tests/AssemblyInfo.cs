// The tests mostly wait for other processes.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
