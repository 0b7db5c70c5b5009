using System.Collections.ObjectModel;

namespace Sync.Client;

/// <summary>A live query's rows as a bindable list.</summary>
public sealed class LiveRows<T> : ReadOnlyObservableCollection<T>
{
    private readonly ObservableCollection<T> _list;

    internal LiveRows(IEnumerable<T> rows) : this(new ObservableCollection<T>(rows)) { }

    private LiveRows(ObservableCollection<T> list) : base(list) => _list = list;

    internal void Apply(RowChange<T> change)
    {
        switch (change)
        {
            case RowChange<T>.Added added: _list.Insert(added.Index, added.Row); break;
            case RowChange<T>.Removed removed: _list.RemoveAt(removed.Index); break;
            case RowChange<T>.Moved moved: _list.Move(moved.From, moved.To); break;
            case RowChange<T>.Replaced replaced: _list[replaced.Index] = replaced.Row; break;
            default: throw new ArgumentOutOfRangeException(nameof(change), change, "Not a change of rows.");
        }
    }
}
