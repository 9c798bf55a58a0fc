namespace WarmContext.Shared;

/// <summary>Finds an exception by its type among those that it is wrapped in.</summary>
internal static class ExceptionSearch
{
    /// <summary>The outermost exception of the type; null where neither <paramref name="exception"/> nor one within it is.</summary>
    public static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
