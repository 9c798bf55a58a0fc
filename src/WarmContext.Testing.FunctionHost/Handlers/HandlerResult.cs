using System.Reflection;

namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>How to wait for what a handler returned, and what type its value has.</summary>
internal static class HandlerResult
{
    public static (Func<object?, object?> Completed, Type OutputType) For(Type returnType)
    {
        if (returnType == typeof(ValueTask))
        {
            return (static result => Wait(((ValueTask)result!).AsTask()), typeof(void));
        }

        if (returnType.IsGenericType && returnType.GetGenericTypeDefinition() == typeof(ValueTask<>))
        {
            return (Make(nameof(WaitForValueTask), returnType.GetGenericArguments()[0]), returnType.GetGenericArguments()[0]);
        }

        for (var type = returnType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
            {
                return (Make(nameof(WaitForTask), type.GetGenericArguments()[0]), type.GetGenericArguments()[0]);
            }
        }

        return typeof(Task).IsAssignableFrom(returnType)
            ? (static result => Wait(NotNull((Task?)result)), typeof(void))
            : (static result => result, returnType);
    }

    private static Func<object?, object?> Make(string method, Type type) => typeof(HandlerResult)
        .GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(type)
        .CreateDelegate<Func<object?, object?>>();

    private static object? WaitForTask<T>(object? result) => NotNull((Task<T>?)result).GetAwaiter().GetResult();

    private static object? WaitForValueTask<T>(object? result) => ((ValueTask<T>)result!).AsTask().GetAwaiter().GetResult();

    private static object? Wait(Task task)
    {
        task.GetAwaiter().GetResult();
        return null;
    }

    private static TTask NotNull<TTask>(TTask? task)
        where TTask : Task => task ?? throw new InvalidOperationException("The handler returned null instead of a Task.");
}
