kubectl -n shop create configmap paint
